"""The built-in K-Means algorithm on scikit-learn's.

AWS's own works on more centers than are asked for, in batches, and reduces them (`extra_center_factor`,
`half_life_time_size`, `mini_batch_size`, `epochs`): these hyperparameters are checked, and scikit-learn, which has
all rows in memory, does not need them.
"""
