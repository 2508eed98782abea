"""The doors of the hub: HTTP in, an answer or a clear refusal out; see README.md."""
