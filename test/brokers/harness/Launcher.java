import org.apache.activemq.broker.BrokerFactory;
import org.apache.activemq.broker.BrokerService;

/** Starts one broker from an XML file and says so: STARTING before it waits for the store's lock, STARTED once it is the active one. */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    BrokerService broker = BrokerFactory.createBroker("xbean:file:" + arguments[0], false);
    System.out.println("STARTING");
    broker.start();
    broker.waitUntilStarted();
    System.out.println("STARTED");
    broker.waitUntilStopped();
    System.exit(0);
  }
}
