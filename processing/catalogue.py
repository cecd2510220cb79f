def create_after_migrate(**_):
    pass
