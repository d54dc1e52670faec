# `cmake --install` and the Debian package (`cpack -G DEB` in the build folder).
include(GNUInstallDirs)

install(TARGETS hullcheck RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(FILES ${PROJECT_SOURCE_DIR}/docs/report-schema.json ${PROJECT_SOURCE_DIR}/docs/policy.md
              ${PROJECT_SOURCE_DIR}/docs/rules.md ${PROJECT_SOURCE_DIR}/docs/detections.md
              ${PROJECT_SOURCE_DIR}/docs/coverage.md ${PROJECT_SOURCE_DIR}/docs/false-positives.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Written by the program itself once it is built. Debian's zsh looks for those of packages in a folder of their own.
install(CODE [[
  set(zsh_folder zsh/site-functions)
  if(CMAKE_INSTALL_PREFIX MATCHES "/usr$")
    set(zsh_folder zsh/vendor-completions)
  endif()
  foreach(place bash:bash-completion/completions/hullcheck zsh:${zsh_folder}/_hullcheck
                fish:fish/vendor_completions.d/hullcheck.fish)
    string(REGEX MATCH "^([a-z]+):(.*)$" place ${place})
    set(file "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/share/${CMAKE_MATCH_2}")
    get_filename_component(folder ${file} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    execute_process(COMMAND "$<TARGET_FILE:hullcheck>" completion ${CMAKE_MATCH_1} OUTPUT_FILE ${file})
  endforeach()]])

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hullcheck)
set(CPACK_PACKAGE_VENDOR "hullcheck maintainers")
set(CPACK_PACKAGE_CONTACT "hullcheck maintainers <maintainers@hullcheck.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS libcurl4)  # loaded when it is needed (util/curl.hpp), which no tool sees
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
