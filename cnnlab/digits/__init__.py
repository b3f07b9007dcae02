"""Pictures of digits: from ink to 28x28 pixels, and what is done to them before a network sees them."""
