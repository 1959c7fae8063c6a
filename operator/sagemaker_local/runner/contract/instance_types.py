"""How much memory an instance type has, as far as its name tells.

The families that most people use have a fixed share of memory for each virtual CPU
(https://aws.amazon.com/ec2/instance-types/): 2 GiB in c, 4 GiB in m, t and the smaller g, 8 GiB in r; a size `large` has two,
`xlarge` four, and `4xlarge` four times as many. Others have no bound here.
"""

import re
from typing import Final

GIB: Final = 1 << 30
_TYPE: Final = re.compile(r"ml\.([cmrt]\d(?:i|d|a|i-flex)?|g4dn|g5|g6)\.(\d*)(medium|large|xlarge)")
_SHARES: Final = {"c": 2, "m": 4, "t": 4, "g": 4, "r": 8}
_CPUS: Final = {"medium": 1, "large": 2, "xlarge": 4}


def memory(instance_type: str) -> int | None:
    """The memory of an instance in bytes; None if the name does not tell."""
    found = _TYPE.fullmatch(instance_type)
    if found is None:
        return None
    return _SHARES[found[1][0]] * _CPUS[found[3]] * int(found[2] or 1) * GIB
