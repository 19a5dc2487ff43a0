# The repairs of data/remedies as data: what the generator refuses, what no repair may do, and whether PowerShell's grammar
# takes every script; and how they wait for a server. The grammar comes from npm; without a registry in reach that one test is skipped and says so.
foreach(test lint refuses waits)
  add_test(NAME remedies/${test} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/remedies/${test}.py)
endforeach()
add_test(NAME remedies/grammar COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/remedies/grammar.py
                                       ${CMAKE_BINARY_DIR}/remedies-npm)
set_tests_properties(remedies/lint remedies/refuses remedies/waits remedies/grammar PROPERTIES LABELS remedies SKIP_RETURN_CODE 77
                                                                                 TIMEOUT 300)
