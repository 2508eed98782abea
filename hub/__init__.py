"""The regional talent data hub: one federated GraphQL API with OAuth-scoped access."""
