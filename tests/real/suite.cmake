# Real servers (servers.py), one test each; what is not installed is skipped, and says so.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  set(real_servers
      xrdp-negotiate xrdp-tls xrdp-rdp xrdp-expired xrdp-rsa1024 xrdp-no-key xrdp-no-key-negotiate shadow-nla
      shadow-nla-no-sam shadow-all shadow-no-nla shadow-rdp shadow-tls weston-tls weston-rdp4 dead-forward plain-tls
      refused silent)
  foreach(server ${real_servers})
    add_test(NAME real/${server} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/real.py $<TARGET_FILE:rdpwhy>
                                         ${server})
    list(APPEND real_tests real/${server})
  endforeach()
  foreach(server xrdp-tls shadow-nla weston-tls)
    add_test(NAME real/oracle-${server} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/oracle.py
                                                $<TARGET_FILE:rdpwhy> ${server})
    list(APPEND real_tests real/oracle-${server})
  endforeach()
  set_tests_properties(${real_tests} PROPERTIES LABELS real SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
