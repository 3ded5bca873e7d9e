"""Knowledge in other forms: tables, Word manuals and web pages, in and out.

Files from elsewhere are read in a process of their own under limits (`sandbox`, `child`), become
proposals for entries (`forms`), are planned (`planning`) and carried out by stored runs
(`imports`). Importing this package loads none of the libraries for the formats.
"""
