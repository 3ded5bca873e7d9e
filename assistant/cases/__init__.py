"""Cases written from a contact: prefilled from the conversation, saved as drafts of entries."""
