# Ways in: blocked ones in namespaces of their own with real servers behind, whose desktop the real xfreerdp must bring up by
# what rdpwhy gave; and the files.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case nla-cut stale-name ipv6-dead big-packets port-moved old-tls no-common-good no-common-odd standard own-name
          another-machine gateway)
    add_test(NAME fallback/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/fallback.py
                                           $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND fallback_tests fallback/${case})
  endforeach()
  add_test(NAME fallback/files COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/files.py $<TARGET_FILE:rdpwhy>)
  set_tests_properties(${fallback_tests} fallback/files PROPERTIES LABELS fallback SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
