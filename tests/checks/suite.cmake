# The rules of docs/style.md and docs/architecture.md that a script can hold.
foreach(check includes calls format size scripts)
  add_test(NAME checks/${check} COMMAND ${CMAKE_SOURCE_DIR}/tools/check-${check})
endforeach()
add_test(NAME checks/cross COMMAND ${CMAKE_SOURCE_DIR}/tools/check-cross ${CMAKE_BINARY_DIR}/cross)
set_tests_properties(
  checks/includes checks/calls checks/format checks/size checks/scripts checks/cross
  PROPERTIES LABELS checks SKIP_RETURN_CODE 77 TIMEOUT 300)
