# Saved evidence in, report and document out, byte for byte.
add_test(NAME golden/judge COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/judge.py $<TARGET_FILE:rdpwhy>)
set_tests_properties(golden/judge PROPERTIES LABELS golden TIMEOUT 300)
add_test(NAME golden/diff COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/diff.py $<TARGET_FILE:rdpwhy>)
set_tests_properties(golden/diff PROPERTIES LABELS golden TIMEOUT 300)
add_test(NAME golden/collect COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/collect.py $<TARGET_FILE:rdpwhy>)
set_tests_properties(golden/collect PROPERTIES LABELS golden TIMEOUT 300)
add_test(NAME golden/checklist COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/checklist.py $<TARGET_FILE:rdpwhy>)
set_tests_properties(golden/checklist PROPERTIES LABELS golden TIMEOUT 300)
