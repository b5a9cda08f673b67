"""What an app on some device needs, in one zip or folder to drop into it."""
