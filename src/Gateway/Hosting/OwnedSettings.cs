using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ImOrleans.Gateway.Hosting;

/// <summary>The settings that a process reads, to find those that somebody has misspelled.</summary>
/// <remarks>
/// <b>Guarantee:</b> every options class of the assemblies counts, which are those with a constant <c>SectionName</c>; a
/// new one needs no entry anywhere.
/// </remarks>
public sealed class OwnedSettings
{
    private readonly Dictionary<string, SortedDictionary<string, bool>> _sections = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the options classes.</summary>
    /// <param name="assemblies">Whose options the process reads.</param>
    public OwnedSettings(params IReadOnlyList<Assembly> assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()))
            if (type.GetField("SectionName", BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } section)
                foreach (var property in type.GetProperties().Where(property => property.CanWrite))
                    Add((string)section.GetRawConstantValue()!, property.Name, property.PropertyType.IsArray);
    }

    /// <summary>Adds one that no options class has.</summary>
    /// <param name="setting">Its full name, such as <c>Section:Name</c>.</param>
    public OwnedSettings With(string setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        var parts = setting.Split(ConfigurationPath.KeyDelimiter, 2);
        Add(parts[0], parts[1], isList: false);
        return this;
    }

    /// <summary>What is set and never read, with the nearest name that is; in the order of their names.</summary>
    /// <remarks>
    /// Sections of others are left alone, unless their name is so near to one that is owned that it was probably meant.
    /// </remarks>
    public IReadOnlyList<UnknownSetting> FindUnknown(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var unknown = new List<UnknownSetting>();
        foreach (var section in configuration.GetChildren())
            if (_sections.TryGetValue(section.Key, out var names))
                unknown.AddRange(section.GetChildren().SelectMany(setting => Unread(names, setting)
                    .Select(name => new UnknownSetting(name, Nearest(section.Key, names.Keys, setting.Key)))));
            else if (section.GetChildren().Any() && MeantBy(section.Key) is { } meant)
                unknown.AddRange(section.GetChildren().Select(setting => new UnknownSetting(
                    setting.Path, Nearest(meant, _sections[meant].Keys, setting.Key))));
        return unknown;
    }

    private void Add(string section, string name, bool isList)
    {
        if (!_sections.TryGetValue(section, out var names))
            _sections[section] = names = new(StringComparer.OrdinalIgnoreCase);
        names[name] = isList;
    }

    /// <summary>The setting, when there is none of that name; its parts, when it is no list and has none.</summary>
    private static IEnumerable<string> Unread(SortedDictionary<string, bool> names, IConfigurationSection setting) =>
        !names.TryGetValue(setting.Key, out var isList) ? [setting.Path]
        : isList ? []
        : setting.GetChildren().Select(part => part.Path);

    /// <summary>The section that somebody meant; null when it is just another one.</summary>
    private string? MeantBy(string section)
    {
        var nearest = _sections.Keys.MinBy(known => Distance(known, section));
        return nearest is not null && Distance(nearest, section) <= Math.Max(1, nearest.Length / 4) ? nearest : null;
    }

    private static string Nearest(string section, IEnumerable<string> names, string wrong) =>
        ConfigurationPath.Combine(section, names.MinBy(name => Distance(name, wrong))!);

    /// <summary>
    /// How many letters have to be put in, left out or changed to make the one of the other, whatever their case.
    /// </summary>
    private static int Distance(string one, string other)
    {
        var distances = Enumerable.Range(0, other.Length + 1).ToArray();
        foreach (var letter in one)
        {
            var diagonal = distances[0]++;
            for (var i = 1; i <= other.Length; i++)
            {
                var changed = diagonal + (char.ToUpperInvariant(letter) == char.ToUpperInvariant(other[i - 1]) ? 0 : 1);
                diagonal = distances[i];
                distances[i] = Math.Min(changed, Math.Min(distances[i], distances[i - 1]) + 1);
            }
        }

        return distances[^1];
    }
}
