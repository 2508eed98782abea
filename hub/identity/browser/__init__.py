"""The pages on which a person signs in, consents, and looks after her account."""
