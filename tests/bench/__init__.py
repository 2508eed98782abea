"""The benchmark: the hub beside routes that an expert would write by hand. Run with `./run bench`.

__main__      the command line: sets up, verifies, measures, reports
home          the database at full scale, made once
row           what a row of the table is
reads         the rows that read; `questions/` has their documents and statements
handwritten   the server of the hand-written routes
contenders    the servers as processes, each with its requests
agreement     no number without the same answer and the same audit
load          the client: few sockets, little work
meter         what processes cost, from /proc
rounds        A B C D, A B C D, ... and the medians of paired rounds
cold          what the first request of a new operation costs more
plans         EXPLAIN of both sides
report        the table, the file, the machine
"""
