def install_after_migrate(**_):
    pass
def assert_triggers():
    pass
