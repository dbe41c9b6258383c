import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.StringJoiner;
import org.apache.activemq.broker.BrokerFactory;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.region.DestinationStatistics;

/**
 * Starts one broker from an XML file and says so: STARTING before it waits for the store's lock, STARTED once it is the active one. Asked for `metrics` on its standard input, the
 * active one answers with a line of what Amazon MQ would tell CloudWatch. It ends with whoever started it, however that ended: its standard input is closed then.
 */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    BrokerService broker = BrokerFactory.createBroker("xbean:file:" + arguments[0], false);
    Thread parent = new Thread(() -> {
      try {
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in));
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
          if (line.equals("metrics")) System.out.println("METRICS " + metrics(broker));
        }
      } catch (java.io.IOException ended) { }
      Runtime.getRuntime().halt(1);
    });
    parent.setDaemon(true);
    parent.start();
    System.out.println("STARTING");
    broker.start();
    broker.waitUntilStarted();
    System.out.println("STARTED");
    broker.waitUntilStopped();
    System.exit(0);
  }

  /** Percent of the store that is in use, and of each queue: messages, consumers, and how many came and went since the start. */
  private static String metrics(BrokerService broker) {
    if (!broker.isStarted()) return "{}";
    StringJoiner queues = new StringJoiner(",");
    try {
      broker.getBroker().getDestinationMap().forEach((name, destination) -> {
        if (!name.isQueue() || name.isTemporary()) return;
        DestinationStatistics counted = destination.getDestinationStatistics();
        queues.add(String.format("\"%s\":{\"size\":%d,\"consumers\":%d,\"enqueued\":%d,\"dequeued\":%d}", name.getPhysicalName(),
          counted.getMessages().getCount(), counted.getConsumers().getCount(), counted.getEnqueues().getCount(), counted.getDequeues().getCount()));
      });
      return String.format("{\"storePercent\":%d,\"queues\":{%s}}", broker.getSystemUsage().getStoreUsage().getPercentUsage(), queues);
    } catch (Exception stopping) {
      return "{}";
    }
  }
}
