"""The first process of a container: it makes the container's surroundings, starts the program, and sees to its end.

It runs in a fresh interpreter of one thread, since a process has to be alone to leave its user namespace, and as a package of its
own (see `launch`): it imports nothing but the standard library. It is told what to do in one line of JSON on a socket, and the
socket remains as a lifeline: when the other side is gone, for whatever reason, everything in the container is killed.

    emulator ── socket ──> init (PID 1 of the container) ──> program ──> what the program starts

    in:   the plan; then {"terminate": seconds}, {"kill": true}
    out:  {"started": pid} or {"broken": why}; at last {"status": exit code or -signal, "cause": the limit that was exceeded}

With namespaces, init is PID 1 of a PID namespace: its end is the end of all. Without, on Linux, orphans come to it (they cannot
leave by forking twice) and are killed one by one; elsewhere the program's process group is killed.

Not here: what is visible in the container (`layout` decides), and what the emulator does about an end.
"""
