"""Django's PostgreSQL, with a look at each connection before it is lent that asks nobody.

The pool would send an empty statement, which takes a check of one contact a tenth of its time. A
server that ends a connection says so: where nothing has come in, nothing has ended.
"""

from select import POLLIN, poll
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """A connection of the pool that still stands; those that ended go back, to be replaced."""
        lent = super().get_new_connection(conn_params)
        while has_ended(lent):
            self.pool.putconn(lent)
            lent = super().get_new_connection(conn_params)
        return lent


def has_ended(connection: Connection) -> bool:
    """Whether the server has ended ``connection``; it is asked only where something came in."""
    incoming = poll()
    incoming.register(connection, POLLIN)
    if not incoming.poll(0):
        return False
    try:
        connection.execute("")
    except OperationalError:
        return True
    return False
