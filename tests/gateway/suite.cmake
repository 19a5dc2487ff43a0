# The RD Gateway check against real peers: nginx as the TLS front, tinyproxy before it; what is not installed is skipped, and
# says so.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case asks 403 404 410 503 302 closes expired wrong-name wrong-name-of-no-gateway page basic refused plain-http ipv6 proxy
               proxy-asks proxy-refuses proxy-dead rdp-file)
    add_test(NAME gateway/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/fronts.py $<TARGET_FILE:rdpwhy>
                                          ${case})
    list(APPEND gateway_tests gateway/${case})
  endforeach()
  set_tests_properties(${gateway_tests} PROPERTIES LABELS gateway SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
if(Python3_FOUND)
  foreach(scenario gateway-healthy gateway-http-only)
    add_test(NAME gateway/client-${scenario} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/client.py
                                                     $<TARGET_FILE:rdpwhy> ${scenario})
    set_tests_properties(gateway/client-${scenario} PROPERTIES LABELS gateway SKIP_RETURN_CODE 77 TIMEOUT 180)
  endforeach()
  foreach(case both withheld withheld-after-proof untrusted failed-here rejects refused no-rdp)
    add_test(NAME gateway/logon-${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/logons.py $<TARGET_FILE:rdpwhy>
                                                ${case})
    set_tests_properties(gateway/logon-${case} PROPERTIES LABELS gateway SKIP_RETURN_CODE 77 TIMEOUT 180)
  endforeach()
  foreach(case websocket http known-there-only host-untrusted later-shut reset closes websocket-closes timeout lies floods real-nla
               real-xrdp)
    add_test(NAME gateway/through-${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/through.py
                                                  $<TARGET_FILE:rdpwhy> ${case})
    set_tests_properties(gateway/through-${case} PROPERTIES LABELS gateway SKIP_RETURN_CODE 77 TIMEOUT 240)
  endforeach()
  add_test(NAME gateway/cut COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/cut.py $<TARGET_FILE:rdpwhy>)
  set_tests_properties(gateway/cut PROPERTIES LABELS gateway SKIP_RETURN_CODE 77 TIMEOUT 300 COST 20)
  add_test(NAME gateway/asked COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/asked.py $<TARGET_FILE:rdpwhy>)
  set_tests_properties(gateway/asked PROPERTIES LABELS gateway SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
