# A sample of `make torture`: some failing allocations of each case.
add_test(NAME torture-sample COMMAND ${CMAKE_SOURCE_DIR}/tools/torture --sample)
set_tests_properties(torture-sample PROPERTIES LABELS torture-sample TIMEOUT 600 COST 90)
