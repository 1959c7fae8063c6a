"""What botocore knows about SageMaker, and nothing else.

`service` reads the service model once, `names` spells its members the way custom resources do, `families` finds the resource
families and their operations in it, `convert` carries values between the two spellings, `schema`, `patterns` and `describe` turn
shapes into structural OpenAPI schemas. Pure: no network, no clock, no AWS client.
"""
