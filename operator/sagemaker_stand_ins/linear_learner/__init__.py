"""The built-in Linear Learner algorithm on scikit-learn's linear models.

    loss                         scikit-learn
    logistic                     LogisticRegression (saga); SGDClassifier with a learning rate of the user's
    softmax_loss                 LogisticRegression (saga)
    hinge_loss                   SGDClassifier
    squared_loss                 Ridge, or ElasticNet with l1; SGDRegressor with a learning rate of the user's
    quantile_loss                QuantileRegressor
    the others                   SGDRegressor

`epochs`, `learning_rate`, `l1`, `wd`, early stopping, the use of a bias, class weights, the normalization of data
and labels and the choice of the threshold mean what they mean at AWS. There, several models are trained side by
side in batches by optimizers like Adam and the best is kept: `num_models`, `mini_batch_size`, `optimizer`,
`momentum`, `beta_…`, `init_…`, `lr_scheduler_…` and the multipliers of the bias are checked, and not needed here.
"""
