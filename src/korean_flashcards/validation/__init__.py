"""Validate datasets against the suites in conf/base/expectations, using Kedro's ``validator:`` option."""
