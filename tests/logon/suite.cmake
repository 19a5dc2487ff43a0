# Logons: a real MIT KDC, FreeRDP's server with a SAM file, what stays in memory and leaves the machine. Skipped, and said so,
# where something is not installed.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(name kerberos shadow memory asked nobody_asked)
    add_test(NAME logon/${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/${name}.py $<TARGET_FILE:rdpwhy>)
    list(APPEND logon_tests logon/${name})
  endforeach()
  set_tests_properties(${logon_tests} PROPERTIES LABELS logon SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
