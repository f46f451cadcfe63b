"""What the stages found, as text for people and JSON for programs."""
