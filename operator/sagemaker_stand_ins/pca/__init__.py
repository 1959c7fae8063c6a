"""The built-in PCA algorithm on scikit-learn's.

As in AWS's, components are in ascending order, the largest last, in the model (`mean`, `s`, `v`) and in the
projections: notebooks that users show read them so. `mini_batch_size` is checked, and scikit-learn, which has all
rows in memory, does not need it.
"""
