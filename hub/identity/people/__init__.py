"""The people who sign in: park operators, officers of departments, talents."""
