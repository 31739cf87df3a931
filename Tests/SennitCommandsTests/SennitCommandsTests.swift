// The command tests follow.
