"""What to do about one resource, from facts alone.

A pass over one custom resource is a conversation: `decide.decide` looks at the `Facts` known so far and names the next `Step`
(claim it, look at AWS, call AWS, rest); the controller carries the step out, adds what came of it to the facts and asks again,
until the answer is `Rest` with a verdict. `report` turns the verdict into a status, `announce` into Events.

Nothing in here knows a clock, a network, kopf or boto3, so every rule can be tested as a table, and a crash between two steps is
just a pass that begins with fewer facts.

    resource    the custom resource as we read it          references  fields that name other custom resources
    naming      what a resource is called in SageMaker     target      what the manifest asks of AWS
    ownership   tags that say whose a resource is          facts       what one pass knows
    steps       what a pass can do next                    compare     whether AWS has what the manifest asks
    decide      keeping a resource                         leave       taking it away
    refusal     what follows when a call fails             readiness   what a state means for its user
    verdict     conditions and their reasons               report      the status to write
    announce    Events                                     schedule    when to look again
    queue       the order of work                          lanes       who goes first when calls are scarce
"""
