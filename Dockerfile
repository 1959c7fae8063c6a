# The images of the operator, of the emulated SageMaker and of the analyzer of captured data: `make image`. tools/image_steps.py runs these same steps without a
# container engine.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
ARG PREFIX=/opt/sagemaker-operator
WORKDIR /src
# Dependencies first: they change less often than the code.
COPY requirements requirements
RUN pip install --require-hashes --requirement requirements/build.txt \
    && python -m venv --without-pip "$PREFIX" \
    && pip --python "$PREFIX/bin/python" install --require-hashes --no-deps --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY crds crds
COPY examples examples
COPY operator operator
COPY tools/controlplane tools/controlplane
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python "$PREFIX/bin/python" install --no-deps --no-index dist/*.whl \
    && pip --python "$PREFIX/bin/python" check

FROM build AS build-emulator
ARG PREFIX=/opt/sagemaker-operator
ARG STATE=/state
RUN pip --python "$PREFIX/bin/python" install --require-hashes --no-deps --requirement requirements/emulator.txt \
    && pip --python "$PREFIX/bin/python" check \
    && mkdir "$STATE"

FROM python:${PYTHON}-slim AS emulator
LABEL org.opencontainers.image.title="sagemaker-local" \
      org.opencontainers.image.description="An emulated Amazon SageMaker" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build-emulator /opt/sagemaker-operator /opt/sagemaker-operator
# A volume that is mounted here belongs to the user below; nothing is kept unless --state /state is given.
COPY --from=build-emulator --chown=65532:65532 /state /state
ENV PATH=/opt/sagemaker-operator/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
EXPOSE 4580
HEALTHCHECK --interval=5s --timeout=4s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:4580/_sagemaker-local/', timeout=3)"]
# All addresses of the container; what of them others reach, whoever starts it decides.
ENTRYPOINT ["sagemaker-local", "emulator", "--host", "0.0.0.0"]

FROM build AS build-analyzer
ARG ANALYZER=/opt/sagemaker-analyzer
# It shares nothing with the operator but the wheel, and so has an environment of its own, without what the others need.
RUN python -m venv --without-pip "$ANALYZER" \
    && pip --python "$ANALYZER/bin/python" install --require-hashes --no-deps --requirement requirements/analyzer.txt \
    && pip --python "$ANALYZER/bin/python" install --no-deps --no-index dist/*.whl \
    && "$ANALYZER/bin/sagemaker-analyzer" --help

FROM python:${PYTHON}-slim AS analyzer
LABEL org.opencontainers.image.title="sagemaker-analyzer" \
      org.opencontainers.image.description="Analyzes what SageMaker endpoints captured, in the place of Model Monitor's image" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build-analyzer /opt/sagemaker-analyzer /opt/sagemaker-analyzer
ENV PATH=/opt/sagemaker-analyzer/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# As root, since SageMaker mounts what a processing job reads and writes for root alone.
ENTRYPOINT ["sagemaker-analyzer"]

# The last stage is the one that is built when none is named.
FROM python:${PYTHON}-slim AS operator
LABEL org.opencontainers.image.title="sagemaker-operator" \
      org.opencontainers.image.description="A Kubernetes operator for Amazon SageMaker" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/sagemaker-operator /opt/sagemaker-operator
ENV PATH=/opt/sagemaker-operator/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["sagemaker-operator"]
CMD ["run"]
