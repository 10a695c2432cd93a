"""A petition as many have written one: a Django form, the ORM, and a row in an outbox, in one transaction."""
