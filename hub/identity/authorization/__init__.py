"""What an app asks of a person, read strictly; pushed ahead of her browser, where it must be."""
