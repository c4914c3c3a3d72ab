using System.Reflection;
using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Rooms;
using Orleans.CodeGeneration;

namespace ImOrleans.Architecture.Tests;

/// <summary>What crosses a grain call has stable names and numbers, frozen in a file: a difference is a decision.</summary>
public sealed class ContractTests
{
    private static readonly Assembly[] Contracts = [typeof(IRoomGrain).Assembly, typeof(ErrorCatalog).Assembly];

    private static string GoldenFile =>
        Path.Combine(SourceTree.Root, "tests", "Architecture.Tests", "Golden", "contracts.txt");

    private static IEnumerable<Type> Records => Contracts.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null)
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    private static IEnumerable<Type> Interfaces => Contracts.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    [Fact]
    public void Every_alias_is_used_once()
    {
        var aliases = Records.Concat(Interfaces).Select(AliasOf).ToList();
        Assert.All(aliases, alias => Assert.StartsWith("im.", alias, StringComparison.Ordinal));
        Assert.Equal(aliases.Distinct(), aliases);
    }

    [Fact]
    public void Every_method_of_a_grain_has_an_alias_of_its_own_and_its_interface_a_version()
    {
        foreach (var contract in Interfaces)
        {
            var aliases = contract.GetMethods().Where(method => !method.IsStatic).Select(AliasOf).ToList();
            Assert.Equal(aliases.Distinct(), aliases);
            if (typeof(IGrain).IsAssignableFrom(contract))
                Assert.NotNull(contract.GetCustomAttribute<VersionAttribute>());
        }
    }

    [Fact]
    public void Every_field_of_a_record_has_a_number_of_its_own()
    {
        foreach (var type in Records.Where(type => !type.IsEnum))
        {
            var ids = FieldsOf(type).Select(field => field.Id).ToList();
            Assert.Equal(ids.Distinct(), ids);
        }
    }

    [Fact]
    public void Contracts_are_as_they_were_frozen()
    {
        var now = Print();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(GoldenFile, now);
        Assert.Equal(File.ReadAllText(GoldenFile), now);
    }

    private static string Print()
    {
        var text = new StringBuilder();
        foreach (var contract in Interfaces)
        {
            var version = contract.GetCustomAttribute<VersionAttribute>() is { } number ? $" version {number.Version}" : "";
            text.Append($"interface {AliasOf(contract)}{version}\n");
            foreach (var method in contract.GetMethods().OrderBy(AliasOf, StringComparer.Ordinal))
                text.Append(
                    $"  {AliasOf(method)}({string.Join(", ", method.GetParameters().Select(p => NameOf(p.ParameterType)))})"
                    + $" -> {NameOf(method.ReturnType)}\n");
        }

        foreach (var type in Records)
        {
            text.Append($"record {AliasOf(type)}\n");
            if (type.IsEnum)
                foreach (var value in Enum.GetValues(type))
                    text.Append($"  {Convert.ToInt64(value, null)} {value}\n");
            else
                foreach (var (id, property) in FieldsOf(type))
                    text.Append($"  {id} {property.Name}: {NameOf(property.PropertyType)}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(uint Id, PropertyInfo Property)> FieldsOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(property => (property.GetCustomAttribute<IdAttribute>()?.Id, property))
            .Where(field => field.Id is not null)
            .Select(field => (field.Id!.Value, field.property))
            .OrderBy(field => field.Value);

    private static string AliasOf(MemberInfo member) =>
        member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias
        ?? throw new InvalidOperationException($"{member.DeclaringType?.Name}.{member.Name} has no alias.");

    private static string NameOf(Type type)
    {
        if (!type.IsGenericType)
            return type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? type.Name;
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }
}
