import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own client for one topic, which it makes when it isn't there. Asked by lines of JSON on standard input, each of which is answered by one: {"put": true, "key": text, "value": text},
 * {"poll": true}, {"commit": {partition: offset}}. It reads every partition as the group "cook", from what that has committed, and ends with whoever started it.
 */
public class Bridge {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    String servers = arguments[0];
    String topic = arguments[1];
    int partitions = Integer.parseInt(arguments[2]);
    Properties common = new Properties();
    common.put("bootstrap.servers", servers);
    try (Admin admin = Admin.create(common)) {
      if (!admin.listTopics().names().get().contains(topic))
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
    Properties reading = new Properties();
    reading.putAll(common);
    reading.put("group.id", "cook");
    reading.put("enable.auto.commit", "false");
    reading.put("auto.offset.reset", "earliest");
    reading.put("key.deserializer", ByteArrayDeserializer.class.getName());
    reading.put("value.deserializer", ByteArrayDeserializer.class.getName());
    Properties writing = new Properties();
    writing.putAll(common);
    writing.put("acks", "all");
    writing.put("key.serializer", ByteArraySerializer.class.getName());
    writing.put("value.serializer", ByteArraySerializer.class.getName());
    List<TopicPartition> all = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) all.add(new TopicPartition(topic, partition));
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(reading);
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(writing);
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      consumer.assign(all);
      for (String line = asked.readLine(); line != null; line = asked.readLine()) {
        JsonNode request = JSON.readTree(line);
        if (request.has("put")) {
          byte[] key = request.get("key").asText().getBytes(StandardCharsets.UTF_8);
          byte[] value = request.get("value").asText().getBytes(StandardCharsets.UTF_8);
          producer.send(new ProducerRecord<>(topic, key, value)).get();
          say(JSON.createObjectNode());
        } else if (request.has("poll")) {
          say(poll(consumer));
        } else {
          Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
          request.get("commit").fields().forEachRemaining(
              entry -> offsets.put(
                  new TopicPartition(topic, Integer.parseInt(entry.getKey())),
                  new OffsetAndMetadata(entry.getValue().asLong())));
          consumer.commitSync(offsets);
          say(JSON.createObjectNode());
        }
      }
    }
    System.exit(0);
  }

  private static JsonNode poll(KafkaConsumer<byte[], byte[]> consumer) {
    ArrayNode records = JSON.createArrayNode();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
      ObjectNode one = records.addObject();
      one.put("topic", record.topic());
      one.put("partition", record.partition());
      one.put("offset", record.offset());
      one.put("timestamp", record.timestamp());
      one.put("timestampType", "CREATE_TIME");
      if (record.key() != null) one.put("key", Base64.getEncoder().encodeToString(record.key()));
      if (record.value() != null) one.put("value", Base64.getEncoder().encodeToString(record.value()));
      one.putArray("headers");
    }
    return records;
  }

  private static void say(JsonNode answer) throws Exception {
    System.out.println(JSON.writeValueAsString(answer));
    System.out.flush();
  }
}
