"""Model servers as processes: what endpoints, inference components and batch transform jobs serve models with.

| module | what it knows |
|---|---|
| `texts` | what SageMaker says when a model cannot be served |
| `blueprint` | a Model as the containers to run, their environment and their data |
| `artifacts` | model data from S3 in a directory, whatever an archive holds |
| `surroundings` | the environment variables of a container |
| `ports` | free ports on loopback |
| `cell` | one container: its files, its process, and whether it is healthy |
| `calls` | HTTP to model servers, for threads |
| `server` | one instance: the containers of one model |
| `multimodel` | models that one server loads on demand |
| `wanted` | which servers an endpoint or component needs now, from what Describe shows of it |
| `gates` | where a timeline waits for servers |
| `quarters` | where a crew works, and the places of its servers |
| `crew` | the servers of one variant of one fleet: started, restarted, drained |
| `plans` | what an endpoint or component is to run |
| `house` | all servers of one endpoint or component |
| `routing` | who takes a request, among those who could |
| `hosting` | all houses: the department of the workshop |

Not here: HTTP of `InvokeEndpoint` (see `runtime`), the statuses of endpoints (see `emulator.families.hosting`).
"""

from .hosting import Hosting

__all__ = ["Hosting"]
