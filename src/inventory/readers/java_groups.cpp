#include "inventory/readers/java_groups.hpp"

namespace hullcheck::inventory {
namespace {

struct Row {
  std::string_view artifact;  // "spring-*": everything that begins so
  std::string_view group;
};
// The first row that fits decides.
constexpr Row k_rows[] = {
    {"log4j-over-slf4j", "org.slf4j"},
    {"log4j-*", "org.apache.logging.log4j"},
    {"log4j", "log4j"},
    {"spring-boot*", "org.springframework.boot"},
    {"spring-security-*", "org.springframework.security"},
    {"spring-cloud-*", "org.springframework.cloud"},
    {"spring-data-*", "org.springframework.data"},
    {"spring-session-*", "org.springframework.session"},
    {"spring-integration-*", "org.springframework.integration"},
    {"spring-amqp", "org.springframework.amqp"},
    {"spring-kafka", "org.springframework.kafka"},
    {"spring-batch-*", "org.springframework.batch"},
    {"spring-*", "org.springframework"},
    {"jackson-dataformat-xml", "com.fasterxml.jackson.dataformat"},
    {"jackson-dataformat-*", "com.fasterxml.jackson.dataformat"},
    {"jackson-datatype-*", "com.fasterxml.jackson.datatype"},
    {"jackson-module-*", "com.fasterxml.jackson.module"},
    {"jackson-core-asl", "org.codehaus.jackson"},
    {"jackson-mapper-asl", "org.codehaus.jackson"},
    {"jackson-*", "com.fasterxml.jackson.core"},
    {"netty", "io.netty"},
    {"netty-*", "io.netty"},
    {"jetty-*", "org.eclipse.jetty"},
    {"http2-server", "org.eclipse.jetty.http2"},
    {"tomcat-embed-*", "org.apache.tomcat.embed"},
    {"tomcat-*", "org.apache.tomcat"},
    {"catalina", "org.apache.tomcat"},
    {"catalina-*", "org.apache.tomcat"},
    {"jasper", "org.apache.tomcat"},
    {"struts2-*", "org.apache.struts"},
    {"xwork-core", "org.apache.struts.xwork"},
    {"commons-text", "org.apache.commons"},
    {"commons-lang3", "org.apache.commons"},
    {"commons-compress", "org.apache.commons"},
    {"commons-collections4", "org.apache.commons"},
    {"commons-configuration2", "org.apache.commons"},
    {"commons-csv", "org.apache.commons"},
    {"commons-email", "org.apache.commons"},
    {"commons-collections", "commons-collections"},
    {"commons-beanutils", "commons-beanutils"},
    {"commons-fileupload", "commons-fileupload"},
    {"commons-io", "commons-io"},
    {"commons-codec", "commons-codec"},
    {"commons-httpclient", "commons-httpclient"},
    {"commons-net", "commons-net"},
    {"commons-lang", "commons-lang"},
    {"commons-logging", "commons-logging"},
    {"commons-configuration", "commons-configuration"},
    {"httpclient5", "org.apache.httpcomponents.client5"},
    {"httpclient", "org.apache.httpcomponents"},
    {"httpcore", "org.apache.httpcomponents"},
    {"guava", "com.google.guava"},
    {"gson", "com.google.code.gson"},
    {"protobuf-java", "com.google.protobuf"},
    {"snakeyaml", "org.yaml"},
    {"xstream", "com.thoughtworks.xstream"},
    {"shiro-*", "org.apache.shiro"},
    {"dom4j", "org.dom4j"},
    {"jdom2", "org.jdom"},
    {"xercesImpl", "xerces"},
    {"xalan", "xalan"},
    {"velocity-engine-core", "org.apache.velocity"},
    {"velocity", "org.apache.velocity"},
    {"freemarker", "org.freemarker"},
    {"fastjson", "com.alibaba"},
    {"druid", "com.alibaba"},
    {"groovy-all", "org.codehaus.groovy"},
    {"groovy", "org.codehaus.groovy"},
    {"logback-*", "ch.qos.logback"},
    {"slf4j-*", "org.slf4j"},
    {"h2", "com.h2database"},
    {"hsqldb", "org.hsqldb"},
    {"mysql-connector-java", "mysql"},
    {"mysql-connector-j", "com.mysql"},
    {"postgresql", "org.postgresql"},
    {"mariadb-java-client", "org.mariadb.jdbc"},
    {"hibernate-core", "org.hibernate"},
    {"hibernate-validator", "org.hibernate.validator"},
    {"undertow-core", "io.undertow"},
    {"vertx-*", "io.vertx"},
    {"kafka-clients", "org.apache.kafka"},
    {"zookeeper", "org.apache.zookeeper"},
    {"activemq-*", "org.apache.activemq"},
    {"hadoop-*", "org.apache.hadoop"},
    {"lucene-*", "org.apache.lucene"},
    {"solr-*", "org.apache.solr"},
    {"tika-*", "org.apache.tika"},
    {"pdfbox", "org.apache.pdfbox"},
    {"poi", "org.apache.poi"},
    {"poi-*", "org.apache.poi"},
    {"batik-*", "org.apache.xmlgraphics"},
    {"cxf-*", "org.apache.cxf"},
    {"bcprov-*", "org.bouncycastle"},
    {"bcpkix-*", "org.bouncycastle"},
    {"nimbus-jose-jwt", "com.nimbusds"},
    {"json-smart", "net.minidev"},
    {"json-path", "com.jayway.jsonpath"},
    {"okhttp", "com.squareup.okhttp3"},
    {"okio", "com.squareup.okio"},
    {"c3p0", "com.mchange"},
    {"quartz", "org.quartz-scheduler"},
    {"jsoup", "org.jsoup"},
    {"ant", "org.apache.ant"},
    {"snappy-java", "org.xerial.snappy"},
    {"sqlite-jdbc", "org.xerial"},
    {"jettison", "org.codehaus.jettison"},
    {"woodstox-core", "com.fasterxml.woodstox"},
    {"esapi", "org.owasp.esapi"},
    {"itextpdf", "com.itextpdf"},
    {"junit", "junit"},
    {"servlet-api", "javax.servlet"},
};

}  // namespace

std::string_view known_java_group(std::string_view artifact) {
  for (const Row& row : k_rows) {
    const bool open = row.artifact.back() == '*';
    const std::string_view stem = open ? row.artifact.substr(0, row.artifact.size() - 1) : row.artifact;
    if (open ? artifact.substr(0, stem.size()) == stem : artifact == stem) return row.group;
  }
  return {};
}

std::string published_tomcat_name(std::string_view artifact) {
  const bool of_tomcat = artifact.starts_with("catalina") || artifact == "jasper";
  return of_tomcat ? "tomcat-" + std::string(artifact) : std::string(artifact);
}

}  // namespace hullcheck::inventory
