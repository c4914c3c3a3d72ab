using System.Globalization;
using System.Reflection;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Silo;
using Microsoft.Extensions.Configuration;
using YamlDotNet.RepresentationModel;
using static ImOrleans.Deploy.Tests.Manifests.Manifest;

namespace ImOrleans.Deploy.Tests.Manifests;

/// <summary>What is deployed against what the code reads, listens on and serves.</summary>
[Trait("Needs", "kubectl")]
public sealed class ManifestTests(RenderedManifests rendered) : IClassFixture<RenderedManifests>
{
    private const string Silo = "imorleans-silo";
    private const string Gateway = "imorleans-gateway";

    public static TheoryData<string> Programs => [Silo, Gateway];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_setting_is_one_that_the_program_reads(string program)
    {
        var known = OptionsOf(program).SelectMany(Settings.NamesOf).Concat(Settings.Platform);
        Assert.Empty(EnvironmentOf(program).Keys.Except(known));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_setting_has_a_value_that_the_program_accepts(string program)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(EnvironmentOf(program).Select(
            setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value))).Build();
        var read = typeof(SettingsExtensions).GetMethod(nameof(SettingsExtensions.ReadSettings))!;
        foreach (var options in OptionsOf(program))
            Assert.NotNull(read.MakeGenericMethod(options).Invoke(
                null, BindingFlags.DoNotWrapExceptions, null, [configuration, Settings.SectionOf(options)], null));
        Assert.Equal(
            ClusteringKind.PostgreSql,
            configuration.ReadSettings<ClusterOptions>(ClusterOptions.SectionName).Clustering);
    }

    [Fact]
    public void Silos_have_no_gateway_and_only_gateways_know_the_secret_of_the_app()
    {
        Assert.Equal("false", EnvironmentOf(Silo)["Silo__Gateway"]);
        Assert.Equal(["Cluster__ConnectionString"], SecretsOf(Silo).Keys);
        Assert.Equal(["App__Key", "App__Secret", "Cluster__ConnectionString"], SecretsOf(Gateway).Keys.Order());
    }

    [Fact]
    public void No_configuration_holds_a_secret()
    {
        string[] secret = ["Cluster__ConnectionString", "App__Secret", "App__Key"];
        Assert.All(Of("ConfigMap"), map => Assert.Empty(Pairs(Find(map.Root, "data")).Keys.Intersect(secret)));
        Assert.Empty(Of("Secret"));
    }

    /// <summary>An overlay must bring each secret that a container asks for; the example does.</summary>
    [Fact]
    public void Every_secret_that_is_asked_for_is_there_in_the_example()
    {
        var asked = rendered.Example.SelectMany(manifest => manifest.Containers)
            .SelectMany(container => Items(container, "env"))
            .Select(entry => Find(entry, "valueFrom", "secretKeyRef"))
            .OfType<YamlNode>()
            .Select(key => (key["name"].ToString(), key["key"].ToString()))
            .ToHashSet();
        var there = rendered.Example.Where(manifest => manifest.Kind == "Secret")
            .SelectMany(secret => Pairs(Find(secret.Root, "data")).Keys.Select(key => (secret.Name, key)));
        Assert.Equal(4, asked.Count);
        Assert.Equal(asked.Order(), there.Order());
    }

    [Fact]
    public void Every_pod_that_is_spoken_of_exists()
    {
        var pods = rendered.Base.Where(manifest => manifest.Pod is not null)
            .Select(manifest => Pairs(Find(manifest.Pod!, "metadata", "labels")))
            .ToList();
        string[][] selectors =
            [["spec", "selector"], ["spec", "selector", "matchLabels"], ["spec", "podSelector", "matchLabels"]];
        foreach (var manifest in rendered.Base.Where(manifest => Find(manifest.Root, "spec") is not null && manifest.Kind != "Job"))
        {
            var selected = selectors.Select(path => Find(manifest.Root, path))
                .Concat(Items(manifest.Root["spec"], "ingress").SelectMany(rule => Items(rule, "from"))
                    .Select(from => Find(from, "podSelector", "matchLabels")))
                .Select(Pairs)
                .Where(labels => labels.Count > 0 && !labels.ContainsKey("matchLabels"))
                .ToList();
            Assert.True(selected.Count > 0, $"{manifest} selects nothing.");
            Assert.All(selected, labels => Assert.True(
                pods.Exists(pod => labels.All(label => pod.GetValueOrDefault(label.Key) == label.Value)),
                $"{manifest} selects pods that nobody makes."));
        }
    }

    [Fact]
    public void Containers_open_the_ports_that_the_programs_listen_on()
    {
        var silo = EnvironmentOf(Silo);
        Assert.Equal(
            [("http", silo["ASPNETCORE_HTTP_PORTS"]), ("silo", silo["Silo__Port"]), ("silo-gateway", silo["Silo__GatewayPort"])],
            PortsOf(Silo));
        Assert.Equal([("http", EnvironmentOf(Gateway)["ASPNETCORE_HTTP_PORTS"])], PortsOf(Gateway));
        var standard = new SiloOptions();
        Assert.Equal(
            ($"{standard.Port}", $"{standard.GatewayPort}"), (silo["Silo__Port"], silo["Silo__GatewayPort"]));
    }

    [Fact]
    public void Services_and_policies_lead_to_ports_that_their_pods_open()
    {
        foreach (var program in (string[])[Silo, Gateway])
        {
            var names = PortsOf(program).Select(port => port.Name).ToList();
            var service = Assert.Single(Of("Service"), manifest => manifest.Name == program);
            Assert.All(Items(service.Root["spec"], "ports"), port => Assert.Contains(port["targetPort"].ToString(), names));
            var policy = Assert.Single(Of("NetworkPolicy"), manifest => manifest.Name == program);
            Assert.All(
                Items(policy.Root["spec"], "ingress").SelectMany(rule => Items(rule, "ports")),
                port => Assert.Contains(port["port"].ToString(), names));
            Assert.Single(Of("PodDisruptionBudget"), manifest => manifest.Name == program);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Probes_ask_what_the_program_answers(string program)
    {
        var container = ContainerOf(program);
        Assert.Equal(
            [HealthEndpoints.LivePath, HealthEndpoints.LivePath, HealthEndpoints.ReadyPath],
            ((string[])["startupProbe", "livenessProbe", "readinessProbe"]).Select(probe =>
            {
                Assert.Equal("http", container[probe]["httpGet"]["port"].ToString());
                return container[probe]["httpGet"]["path"].ToString();
            }));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_pod_is_given_the_time_that_a_stop_may_take(string program)
    {
        var grace = Number(PodOf(program)["terminationGracePeriodSeconds"]);
        var pause = Find(ContainerOf(program), "lifecycle", "preStop", "exec", "command") is YamlSequenceNode command
            ? Number(command[1])
            : 0;
        Assert.InRange(grace, ServerHost.StopMax.TotalSeconds + pause + 5, 120);
    }

    [Fact]
    public void Containers_start_the_programs_of_the_image()
    {
        Assert.Equal([AssemblyOf(typeof(SiloOptions))], Items(ContainerOf(Silo), "args").Select(arg => arg.ToString()));
        Assert.Equal(
            [AssemblyOf(typeof(ServerHost))], Items(ContainerOf(Gateway), "args").Select(arg => arg.ToString()));
        Assert.All(
            (string[])[Silo, Gateway], program => Assert.Equal("imorleans", ContainerOf(program)["image"].ToString()));

        static string AssemblyOf(Type type) => $"{type.Assembly.GetName().Name}.dll";
    }

    [Fact]
    public void No_container_may_more_than_it_must()
    {
        foreach (var manifest in rendered.Base.Where(manifest => manifest.Pod is not null))
        {
            var pod = manifest.Pod!["spec"];
            Assert.Equal("true", pod["securityContext"]["runAsNonRoot"].ToString());
            Assert.Equal("false", pod["automountServiceAccountToken"].ToString());
            Assert.All(manifest.Containers, container =>
            {
                Assert.Equal("true", container["securityContext"]["readOnlyRootFilesystem"].ToString());
                Assert.Equal("false", container["securityContext"]["allowPrivilegeEscalation"].ToString());
                Assert.Equal("ALL", container["securityContext"]["capabilities"]["drop"][0].ToString());
                Assert.NotNull(Find(container, "resources", "limits", "memory"));
            });
        }

        Assert.All(
            (string[])[Silo, Gateway],
            program => Assert.Equal(Dockerfile.User, PodOf(program)["securityContext"]["runAsUser"].ToString()));
    }

    [Fact]
    public void The_image_opens_the_ports_of_both_programs() => Assert.Equal(
        PortsOf(Silo).Concat(PortsOf(Gateway)).Select(port => port.Number).Distinct().Order(),
        Dockerfile.Ports.Order());

    [Fact]
    public void The_job_brings_every_script_that_it_runs()
    {
        var scripts = Pairs(Find(
            Of("ConfigMap").Single(map => map.Name.StartsWith("imorleans-schema-", StringComparison.Ordinal)).Root, "data"));
        var included = scripts["apply.sql"].Split('\n').Concat(scripts["ImOrleans.sql"].Split('\n'))
            .Where(line => line.StartsWith(@"\ir ", StringComparison.Ordinal))
            .Select(line => line[4..].Trim())
            .ToList();
        Assert.Equal(7, included.Count);
        Assert.Equal(((string[])["apply.sh", "apply.sql", .. included]).Order(), scripts.Keys.Order());
        var job = Assert.Single(Of("Job"));
        Assert.Equal("/sql/apply.sh", job.Containers.Single()["command"][1].ToString());
    }

    private static IReadOnlyList<Type> OptionsOf(string program) =>
        program == Silo ? Settings.OfSilo : Settings.OfGateway;

    private static double Number(YamlNode node) => double.Parse(node.ToString(), CultureInfo.InvariantCulture);

    private IEnumerable<Manifest> Of(string kind) => rendered.Base.Where(manifest => manifest.Kind == kind);

    private YamlNode PodOf(string program) => Of("Deployment").Single(manifest => manifest.Name == program).Pod!["spec"];

    private YamlNode ContainerOf(string program) => Assert.Single(Items(PodOf(program), "containers"));

    private IEnumerable<(string Name, string Number)> PortsOf(string program) => Items(ContainerOf(program), "ports")
        .Select(port => (port["name"].ToString(), port["containerPort"].ToString()));

    /// <summary>The keys of secrets, by the setting that each fills.</summary>
    private Dictionary<string, string> SecretsOf(string program) => Items(ContainerOf(program), "env")
        .Where(entry => Find(entry, "valueFrom", "secretKeyRef") is not null)
        .ToDictionary(entry => entry["name"].ToString(), entry => entry["valueFrom"]["secretKeyRef"]["key"].ToString());

    /// <summary>All variables of a container; those from elsewhere with a value that would be accepted.</summary>
    private Dictionary<string, string> EnvironmentOf(string program)
    {
        var environment = new Dictionary<string, string>();
        foreach (var source in Items(ContainerOf(program), "envFrom"))
        {
            var name = source["configMapRef"]["name"].ToString();
            var map = Assert.Single(Of("ConfigMap"), manifest => manifest.Name == name);
            foreach (var (key, value) in Pairs(map.Root["data"]))
                environment.Add(key, value);
        }

        foreach (var entry in Items(ContainerOf(program), "env"))
            environment.Add(entry["name"].ToString(), Find(entry, "valueFrom", "fieldRef", "fieldPath")?.ToString() switch
            {
                "status.podIP" => "10.0.0.7",
                _ => new string('0', 32),
            });
        return environment;
    }
}
