# The image of the operator: `make image`. tools/image_steps.py runs these same steps without a container engine.
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

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="sagemaker-operator" \
      org.opencontainers.image.description="A Kubernetes operator for Amazon SageMaker" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/sagemaker-operator /opt/sagemaker-operator
ENV PATH=/opt/sagemaker-operator/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["sagemaker-operator"]
CMD ["run"]
