"""What SageMaker changes of a training job that works or is over, and when."""

from .details import Hold
from .moment import Moment
from .parts import Change

_IN_PROGRESS = frozenset({"InProgress"})
_OVER = frozenset({"Completed", "Failed", "Stopped", "Stopping", "Deleting"})

# aws-controllers-k8s/sagemaker-controller, pkg/resource/training_job/custom_update.go: refused while the job starts.
_PROFILER = Moment(
    said="while the job is InProgress, once it has started",
    when={"TrainingJobStatus": _IN_PROGRESS},
    # The service model's SecondaryStatus knows Updating: one update at a time.
    but={"SecondaryStatus": frozenset({"Starting", "Updating"})},
    over={"TrainingJobStatus": _OVER},
)

# UpdateTrainingJob's documentation of RemoteDebugConfig.
_REMOTE_DEBUG = Moment(
    said="while the job is Downloading or Training",
    when={"TrainingJobStatus": _IN_PROGRESS, "SecondaryStatus": frozenset({"Downloading", "Training"})},
    over={"TrainingJobStatus": _OVER},
)

# aws-controllers-k8s/sagemaker-controller, pkg/resource/training_job/hooks.go: only of a pool that is there, and Describe tells
# of the pool a little later than of the end.
_WARM_POOL = Moment(
    said="once the job is Completed, while its warm pool is Available or InUse",
    when={"TrainingJobStatus": frozenset({"Completed"}), "WarmPoolStatus.Status": frozenset({"Available", "InUse"})},
    over={
        "TrainingJobStatus": frozenset({"Failed", "Stopped", "Stopping", "Deleting"}),
        "WarmPoolStatus.Status": frozenset({"Reused", "Terminated"}),
    },
    needs="ResourceConfig.KeepAlivePeriodInSeconds",
    shows="WarmPoolStatus.Status",
)

OF_TRAINING = (
    Change("ProfilerConfig", clears='ProfilerConfig={"DisableProfiler": true}', during=_PROFILER),
    # Rules that evaluate already go on: UpdateTrainingJob adds to them.
    Change(
        "ProfilerRuleConfigurations",
        adds="ProfilerRuleConfigurations",
        by="RuleConfigurationName",
        during=_PROFILER,
    ),
    Change("RemoteDebugConfig", clears='RemoteDebugConfig={"EnableRemoteDebug": false}', during=_REMOTE_DEBUG),
    Change("ResourceConfig", during=_WARM_POOL),
)

# DeleteTrainingJob's documentation: only of jobs that do not retain an Available warm pool.
WARM_POOL = Hold(
    path="WarmPoolStatus.Status",
    blocks=frozenset({"Available", "InUse"}),
    freed_by=frozenset({"Available"}),
    frees={"ResourceConfig": {"KeepAlivePeriodInSeconds": 0}},
    said="its warm pool",
)
