"""Great Expectations behind Kedro's native ``validator:``; the suites are data in conf/base/expectations."""
