"""How SageMaker's member names are spelled in custom resources.

The spelling is the one of AWS Controllers for Kubernetes, so that its manifests apply here: lower camel case with acronyms in
capitals (``RoleArn`` is ``roleARN``, ``S3Uri`` is ``s3URI``). Members of different structures can share a spelling (``RoleArn``
and ``RoleARN``), so the way back needs the structure: see `convert`.
"""

from functools import cache

# Of ACK's 109 acronyms these matter for SageMaker; those in EXCEPT are plain letters when one of the listed endings follows.
_ACRONYMS = (
    "Ami",
    "Arn",
    "Cpu",
    "Dns",
    "Ebs",
    "Efs",
    "Gid",
    "Iam",
    "Kms",
    "Sha256",
    "Uid",
    "Uri",
    "Url",
    "Vpc",
)
_EXCEPT = {
    "Id": ("entif", "entit", "le", "empot", "c"),
    "Ip": ("art", "am"),
    "Io": ("ps",),
    "Ui": ("d", "D"),
}
_LONGEST_FIRST = sorted([*_ACRONYMS, *_EXCEPT], key=len, reverse=True)
# ACK is written in Go, where these are keywords.
_KEYWORDS = frozenset(("type", "range", "default", "import", "package", "func", "map", "select", "interface"))


@cache
def field(member: str) -> str:
    """The field of a custom resource that stands for a member of the service model: ``VpcConfig`` → ``vpcConfig``."""
    head, at = member[0].lower(), 1
    if (acronym := _acronym_at(member, 0, any_case=True)) is not None:
        head, at = acronym.lower(), len(acronym)
    spelled = [head]
    while at < len(member):
        acronym = _acronym_at(member, at, any_case=False)
        spelled.append(acronym.upper() if acronym else member[at])
        at += len(acronym) if acronym else 1
    name = "".join(spelled)
    return f"{name}_" if name in _KEYWORDS else name


def _acronym_at(name: str, at: int, *, any_case: bool) -> str | None:
    for acronym in _LONGEST_FIRST:
        spellings = (acronym, acronym.upper()) if any_case else (acronym,)
        if name.startswith(spellings, at) and not name.startswith(_EXCEPT.get(acronym, ("\0",)), at + len(acronym)):
            return acronym
    return None
