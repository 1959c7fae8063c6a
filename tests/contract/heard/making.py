"""What the emulator says about the jobs that find, customize, compile and measure models, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "making.automl.MISSING": (
        ("AutoMLJob", "DescribeAutoMLJob", Absent),
        ("AutoMLJobV2", "DescribeAutoMLJobV2", Absent),
        ("AutoMLJobV2", "StopAutoMLJob", Absent),
    ),
    "making.automl.EXISTS": (
        ("AutoMLJob", "CreateAutoMLJob", Exists),
        ("AutoMLJobV2", "CreateAutoMLJobV2", Exists),
    ),
    "making.automl.WRONG_STATUS": (("AutoMLJob", "StopAutoMLJob", Busy), ("AutoMLJobV2", "StopAutoMLJob", Busy)),
    "making.automl.NOT_THIS_VERSION": (("AutoMLJob", "DescribeAutoMLJob", Refused),),
    "making.automl.ENDPOINT_NAME": (
        ("AutoMLJob", "CreateAutoMLJob", Refused),
        ("AutoMLJobV2", "CreateAutoMLJobV2", Refused),
    ),
    "making.compilation.MISSING": (("CompilationJob", "DescribeCompilationJob", Absent),),
    "making.compilation.EXISTS": (("CompilationJob", "CreateCompilationJob", Exists),),
    "making.compilation.WRONG_STATUS": (("CompilationJob", "StopCompilationJob", Busy),),
    "making.compilation.STILL_RUNNING": (("CompilationJob", "DeleteCompilationJob", Busy),),
    "making.compilation.ONE_INPUT": (("CompilationJob", "CreateCompilationJob", Refused),),
    "making.compilation.NO_PACKAGE": (("CompilationJob", "CreateCompilationJob", Refused),),
    "making.customization.MISSING": (("Job", "DescribeJob", Absent),),
    "making.customization.EXISTS": (("Job", "CreateJob", Exists),),
    "making.customization.NO_VERSION": (("Job", "CreateJob", Refused),),
    "making.customization.STILL_RUNNING": (("Job", "DeleteJob", Busy),),
    "making.customization.NOT_RUNNING": (
        ("Job", "StopJob", Busy),
        ("TrainingSession", "StopTrainingSession", Busy),
        ("TrainingSession", "DeleteTrainingSession", Busy),
    ),
    "making.customization.NO_SESSION": (("TrainingSession", "DescribeTrainingSession", Absent),),
    "making.customization.SESSION_EXISTS": (("TrainingSession", "CreateTrainingSession", Exists),),
    "making.optimization.MISSING": (("OptimizationJob", "DescribeOptimizationJob", Absent),),
    "making.optimization.EXISTS": (("OptimizationJob", "CreateOptimizationJob", Exists),),
    "making.optimization.WRONG_STATUS": (("OptimizationJob", "StopOptimizationJob", Busy),),
    "making.recommender.MISSING": (("InferenceRecommendationsJob", "DescribeInferenceRecommendationsJob", Absent),),
    "making.recommender.EXISTS": (("InferenceRecommendationsJob", "CreateInferenceRecommendationsJob", Exists),),
    "making.recommender.WRONG_STATUS": (("InferenceRecommendationsJob", "StopInferenceRecommendationsJob", Busy),),
    "making.workloads.NO_CONFIG": (
        ("AIWorkloadConfig", "DescribeAIWorkloadConfig", Absent),
        ("AIBenchmarkJob", "CreateAIBenchmarkJob", Refused),
        ("AIRecommendationJob", "CreateAIRecommendationJob", Refused),
    ),
    "making.workloads.CONFIG_EXISTS": (("AIWorkloadConfig", "CreateAIWorkloadConfig", Exists),),
    "making.workloads.CONFIG_IN_USE": (("AIWorkloadConfig", "DeleteAIWorkloadConfig", Busy),),
    "making.workloads.NO_JOB": (
        ("AIBenchmarkJob", "DescribeAIBenchmarkJob", Absent),
        ("AIRecommendationJob", "DescribeAIRecommendationJob", Absent),
    ),
    "making.workloads.JOB_EXISTS": (
        ("AIBenchmarkJob", "CreateAIBenchmarkJob", Exists),
        ("AIRecommendationJob", "CreateAIRecommendationJob", Exists),
    ),
    "making.workloads.WRONG_STATUS": (
        ("AIBenchmarkJob", "StopAIBenchmarkJob", Busy),
        ("AIRecommendationJob", "StopAIRecommendationJob", Busy),
    ),
}
