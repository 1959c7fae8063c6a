"""What AWS's toolkit calls in this image: the same steps as its `entry_point.run`.

Two differences, on purpose: the names of the other hosts are not waited for, as they are known from the start or not at all; and
what the script writes to stderr goes into the failure's text, as the images for PyTorch have it.
"""

from sagemaker_training import entry_point, environment, runner


def main() -> None:
    """Install what the code requires, and run the script to its end.

    Raises:
        sagemaker_training.errors.ClientError: if one of them fails; the toolkit reports it.
    """
    known = environment.Environment()
    directory = environment.code_dir
    entry_point.files.download_and_extract(uri=known.module_dir, path=directory)
    entry_point.install(name=known.user_entry_point, path=directory, capture_error=True)
    variables = known.to_env_vars()
    environment.write_env_vars(variables)
    kind = runner.ProcessRunnerType
    runner.get(kind, known.user_entry_point, known.to_cmd_args(), variables).run(wait=True, capture_error=True)
