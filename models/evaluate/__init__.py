"""How well the networks do on their own: apart from the fields that the product makes of what they give."""
