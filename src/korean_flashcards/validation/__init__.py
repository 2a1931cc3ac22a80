"""Validate datasets against the suites in conf/base/expectations, through Kedro's ``validator:`` option."""
