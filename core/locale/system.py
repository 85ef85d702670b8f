"""What the system and Python's readers of files say in English inside a sentence of the Studio's."""

from core.locale import N_

#: As `os.strerror`, `json`, `csv` and OpenSSL word it; what is not here stays as it is.
SYSTEM = frozenset(
    (
        N_("Permission denied"),
        N_("No such file or directory"),
        N_("Is a directory"),
        N_("Not a directory"),
        N_("File exists"),
        N_("No space left on device"),
        N_("Disk quota exceeded"),
        N_("Read-only file system"),
        N_("Input/output error"),
        N_("File name too long"),
        N_("Too many open files"),
        N_("Cannot allocate memory"),
        N_("Resource temporarily unavailable"),
        N_("Connection refused"),
        N_("Connection reset by peer"),
        N_("No route to host"),
        N_("Network is unreachable"),
        N_("certificate has expired"),
        N_("self-signed certificate"),
        N_("self-signed certificate in certificate chain"),
        N_("unable to get local issuer certificate"),
        N_("Expecting value"),
        N_("Extra data"),
        N_("Expecting property name enclosed in double quotes"),
        N_("Expecting ',' delimiter"),
        N_("Expecting ':' delimiter"),
        N_("Unterminated string starting at"),
        N_("Invalid control character at"),
        N_("Invalid \\escape"),
        N_("Invalid \\uXXXX escape"),
        N_("unexpected end of data"),
        N_("',' expected after '\"'"),
        N_("';' expected after '\"'"),
        N_("'\t' expected after '\"'"),
    )
)
