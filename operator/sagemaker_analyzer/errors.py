"""What keeps an analysis from being done at all, by name.

    Refused
    ├── BadTask         the environment asks for something that is not possible
    ├── BadBaseline     constraints or statistics cannot be used as they are
    ├── BadLabels       the labels are not those of the problem that the task names
    ├── BadModel        the model that is to be explained cannot be read or asked, or answers what are no predictions
    └── NoData          nothing to analyse was left: not the same as nothing has drifted

Not here: records that cannot be read. They are counted as `model.Rejected`, and the others are analysed.
"""


class Refused(Exception):
    """The analysis cannot be done; the text tells what is wrong, where, and what to do."""

    @property
    def name(self) -> str:
        """What users and programs know the refusal by."""
        return type(self).__name__


class BadTask(Refused):
    """The environment asks for something that is not possible."""


class BadBaseline(Refused):
    """Constraints or statistics cannot be used as they are."""


class BadLabels(Refused):
    """The labels are not those of the problem that the task names."""


class BadModel(Refused):
    """The model that is to be explained cannot be read or asked, or answers what are no predictions."""


class NoData(Refused):
    """Nothing to analyse was left."""
