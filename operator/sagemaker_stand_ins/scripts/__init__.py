"""Users' scripts, as the images of frameworks run them: training by AWS's toolkit, serving by the functions of `inference.py`.

| module | what it is |
|---|---|
| `train` | `python -m sagemaker_stand_ins.scripts.train`: starts `sagemaker_program` |
| `toolkit`, `plain` | with sagemaker-training where it is installed, and the same without it |
| `hearing` | what a script says to stderr, as the reason of its failure |
| `source` | where the user's code is: in S3, in the model, or in /opt/ml/code; and what it requires |
| `functions` | model_fn, input_fn, predict_fn, output_fn, transform_fn as a model to serve |
| `compatible` | packages of the images that scripts import |
| `encoding` | the content types that need no function of the user |
| `scikit_learn`, `xgboost` | the handlers of the two images: what happens where the user has no function |
"""
