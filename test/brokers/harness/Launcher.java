import org.apache.activemq.broker.BrokerFactory;
import org.apache.activemq.broker.BrokerService;

/**
 * Starts one broker from an XML file and says so: STARTING before it waits for the store's lock, STARTED once it is the active one. It ends with whoever started
 * it, however that ended: its standard input is closed then.
 */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    Thread parent = new Thread(() -> {
      try {
        while (System.in.read() >= 0) { }
      } catch (java.io.IOException ended) { }
      Runtime.getRuntime().halt(1);
    });
    parent.setDaemon(true);
    parent.start();
    BrokerService broker = BrokerFactory.createBroker("xbean:file:" + arguments[0], false);
    System.out.println("STARTING");
    broker.start();
    broker.waitUntilStarted();
    System.out.println("STARTED");
    broker.waitUntilStopped();
    System.exit(0);
  }
}
