# The check `route` and the controls off the RDP port, in network namespaces (route.py), one test each.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case intercepted on-link dead all-silent router-says prohibited no-route)
    add_test(NAME route/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/route.py $<TARGET_FILE:rdpwhy>
                                        ${case})
    list(APPEND route_tests route/${case})
  endforeach()
  set_tests_properties(${route_tests} PROPERTIES LABELS netns SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
